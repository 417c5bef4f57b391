"""The stored formats, as pydantic models: their JSON is the contract with everyone who reads our storage."""
