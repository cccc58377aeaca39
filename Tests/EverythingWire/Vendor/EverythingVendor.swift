// The types are generated from everything-vendor.xml.
