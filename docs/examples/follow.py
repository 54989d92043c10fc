# Follows the jobs that end, for ever. python3 follow.py POSITION-FILE
import json, os, sys, time, urllib.error, urllib.request

api = os.environ.get("KCI_API", "http://127.0.0.1:8001")
file = sys.argv[1] if len(sys.argv) > 1 else "position"
after = open(file).read() if os.path.exists(file) else "latest"  # the first time: from now on
while True:
    url = f"{api}/latest/feed?channel=node&kind=job&state=done&wait=30&after={after}"
    try:
        page = json.load(urllib.request.urlopen(url, timeout=60))
    except OSError as error:
        if getattr(error, "code", None) == 410:
            sys.exit(f"away for too long: {error.read().decode()}")
        time.sleep(2)
        continue
    for entry in page["items"]:  # the work: may happen twice
        print(entry["data"]["id"], entry["data"]["name"], entry["data"]["result"], flush=True)
    after = page["next"]
    with open(file + ".new", "w") as position:
        position.write(str(after))
    os.replace(file + ".new", file)  # and is then never to be done again
