// The types are generated from the schemas of this folder.
