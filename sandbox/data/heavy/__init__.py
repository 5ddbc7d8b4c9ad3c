"""Records of the weight that real stores have: documented fields filled, long lists, text in several languages.

Each kind has more bodies than slim records have, and the numbers of them decide how many have which size.
"""
