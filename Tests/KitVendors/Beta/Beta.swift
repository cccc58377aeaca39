// The types are generated from kit-beta.xml.
