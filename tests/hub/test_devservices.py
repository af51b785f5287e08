def test_x(): 
    import os; print(os.environ["REDIS_URL"], os.environ["DATABASE_URL"])
