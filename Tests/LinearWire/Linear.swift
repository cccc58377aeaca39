// The types are generated from linear.xml.
