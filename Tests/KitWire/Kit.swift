// The types are generated from kit.xml.
