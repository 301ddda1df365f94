"""HTTP for every source: one request at a time, its pace, its budget, its retries and what it keeps on disk."""
