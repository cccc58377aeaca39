// The types are generated from diameter.xml.
