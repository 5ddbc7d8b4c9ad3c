# What `stand_in.sh` wrote becomes an image with the settings of Airbyte's Python base image.

FROM scratch
ADD stand-in.tar /
WORKDIR /airbyte
ENV LANG=C.UTF-8 PIP_CACHE_DIR=/custom_cache/pip
CMD ["python3"]
