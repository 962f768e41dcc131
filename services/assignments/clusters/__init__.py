"""Clusters (tiểu vùng): dated sets of communes of one district."""
