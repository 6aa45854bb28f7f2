"""merge authored lines (asked|act|facts|text) into data/nlu"""
import sys, io, re, json
from pathlib import Path
from collections import OrderedDict
from ruamel.yaml import YAML
sys.path.insert(0,".")
from scoring.facts import check_value, LISTS
Y=YAML(typ="safe")
NLU=Path("./data/nlu")
class File:
    def __init__(s,path):
        s.path=path; s.head=[]; s.blocks=[]  # block: dict(pre comments, intent, meta(dict), metatext, lines)
        if not path.exists(): s.head=['version: "3.1"','nlu:']; return
        cur=None; pend=[]
        for line in path.read_text().splitlines():
            if line.startswith("- intent:"):
                cur={"pre":pend,"intent":line.split(":",1)[1].strip(),"metatext":None,"lines":[]}; pend=[]; s.blocks.append(cur)
            elif cur is None:
                s.head.append(line)
            elif line.strip().startswith("metadata:"): cur["metatext"]=line.split("metadata:",1)[1].strip()
            elif line.startswith("    - "): cur["lines"].append(line[6:])
            elif line.strip().startswith("examples:"): pass
            elif line.startswith("#"): pend.append(line)
            elif line.strip() and cur["metatext"] and not cur["metatext"].endswith("}") : cur["metatext"]+=" "+line.strip()
            elif line.strip(): raise SystemExit(f"{path}: {line}")
    def key(s,b):
        m=Y.load(b["metatext"]) or {}
        return json.dumps([b["intent"],m.get("asked"),m.get("confirming"),m.get("today"),m.get("sites"),sorted((k,sorted(v) if isinstance(v,list) else v) for k,v in (m.get("facts") or {}).items())])
    def add(s,intent,asked,facts,texts):
        ft=", ".join(f"{k}: "+("["+", ".join(v)+"]" if isinstance(v,list) else ('"'+v+'"' if v in ("yes","no") else v)) for k,v in facts.items())
        b={"pre":[],"intent":intent,"metatext":f"{{asked: {asked or 'null'}, facts: {{{ft}}}}}","lines":[]}
        k=s.key(b)
        for o in s.blocks:
            if s.key(o)==k: b=o; break
        else: s.blocks.append(b)
        have={" ".join(x.lower().split()) for x in b["lines"]}
        n=0
        for t in texts:
            if " ".join(t.lower().split()) not in have: b["lines"].append(t); n+=1; have.add(" ".join(t.lower().split()))
        return n
    def save(s):
        out=list(s.head)
        for b in s.blocks:
            out+=b["pre"]+[f"- intent: {b['intent']}",f"  metadata: {b['metatext']}","  examples: |"]+[f"    - {l}" for l in b["lines"]]
        s.path.write_text("\n".join(out)+"\n")
files={}
def F(name):
    if name not in files: files[name]=File(NLU/name)
    return files[name]
HEADS={}
def target(act,asked,facts,src):
    if act=="refuse": return "acts_refuse.yml"
    if act=="dont_know": return "acts_dont_know.yml"
    if act=="ask_why": return "acts_ask_why.yml"
    if act=="faq": return "acts_questions_with_facts.yml" if facts else "acts_faq.yml"
    if act=="correct": return "acts_correct.yml"
    if act in("chitchat","greet","thanks","goodbye"): return "acts_small_talk.yml"
    if act in("human","book","stop"): return "acts_requests.yml"
    if act=="emergency": return "acts_emergency.yml"
    if act in("affirm","deny"): return "acts_confirm.yml"
    if act=="out_of_scope": return "not_buyers_under_questions.yml" if facts and asked else "relationship.yml" if facts else "acts_out_of_scope.yml"
    if "relationship" in facts: return "relationship.yml"
    if not facts: return "answers_without_value.yml"
    if len(facts)>1: return "several_facts_c.yml"
    f=next(iter(facts))
    return {"timeline":"timeline_none.yml"}.get(f, f+".yml" if (NLU/(f+".yml")).exists() else "other_facts.yml")
def main(paths):
    # split the old three-act file once
    old=NLU/"acts_refuse_dont_know_why.yml"
    if old.exists():
        o=File(old)
        for b in o.blocks:
            n={"refuse":"acts_refuse.yml","dont_know":"acts_dont_know.yml","ask_why":"acts_ask_why.yml"}.get(b["intent"])
            assert n,b["intent"]
            F(n).blocks.append(b)
        F("acts_refuse.yml").head=['# Will not say, whichever question is open.','version: "3.1"','nlu:']
        F("acts_dont_know.yml").head=['# Cannot say. Not knowing whether patient data is touched is also the fact handles_phi: unsure.','version: "3.1"','nlu:']
        F("acts_ask_why.yml").head=['# Wants to know why it is asked, or what becomes of the answer.','version: "3.1"','nlu:']
        drop=old
    else: drop=None
    if not (NLU/"answers_without_value.yml").exists():
        F("answers_without_value.yml").head=["# Answers that name no value of their question, or one that is read by code (times, money, counts, vendors' names).",'version: "3.1"','nlu:']
    if not (NLU/"several_facts_c.yml").exists():
        F("several_facts_c.yml").head=["# More messages that give several facts at once, in all voices. Numbers, dates and vendor names are read by code.",'version: "3.1"','nlu:']
    total=0
    groups=OrderedDict()
    for p in paths:
        for n,line in enumerate(open(p),1):
            line=line.rstrip("\n")
            if not line.strip() or line.startswith("#"): continue
            asked,act,facts,text=line.split("|",3)
            d=Y.load("{"+facts+"}") if facts.strip() else {}
            d={k:v for k,v in d.items() if k not in("org_size","budget_amount","timeline_date","contract_end","region") and not(k=="timeline" and v!="none") and not(k=="current_solution" and v not in("manual","spreadsheets"))}
            for k,v in d.items():
                if k!="current_solution" or v not in("manual","spreadsheets"): d[k]=check_value(k,v)
            asked={"*":"any","":None}.get(asked,asked)
            groups.setdefault((target(act,asked,d,p),act,asked,json.dumps(d)),[]).append(text)
    for (file,act,asked,d),texts in groups.items():
        total+=F(file).add(act,asked,json.loads(d),texts)
    for f in files.values(): f.save()
    if drop: drop.unlink()
    print("added",total)
main(sys.argv[1:])
