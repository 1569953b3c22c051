"""Read an account into a LiveState and send one call. The only home of boto3. Must not plan."""
