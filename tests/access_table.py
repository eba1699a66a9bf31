"""Who may use which route: written down by hand, beside what the guards say.

A line is a method, a path and a word. `anyone` may be nobody in particular; `open` is the same and takes
forms of other sites; `in` takes a sign-in; a right is asked for over the digest or edition that the path
names, or over any digest; with `*` it is asked for over the installation itself.
"""

from __future__ import annotations

TABLE = """
GET  /                                    read
GET  /accent/{digest}.css                 anyone
GET  /account                             in
POST /account                             in
GET  /account/codes                       in
POST /account/codes                       in
POST /account/codes/end                   in
POST /account/password                    in
POST /account/sessions/{session}/end      in
POST /account/tokens                      in
POST /account/tokens/{token}/revoke       in
GET  /approve/{token}                     anyone
POST /approve/{token}                     anyone
GET  /audit                               operate
GET  /confirm/{token}                     anyone
POST /confirm/{token}                     open
GET  /desk                                read
GET  /desk/{edition}                      read
POST /desk/{edition}/again                edit
GET  /desk/{edition}/approve              approve
POST /desk/{edition}/approve              approve
GET  /desk/{edition}/cancel               approve
POST /desk/{edition}/cancel               approve
POST /desk/{edition}/drop                 edit
GET  /desk/{edition}/findings             read
POST /desk/{edition}/head                 edit
GET  /desk/{edition}/hold                 edit
POST /desk/{edition}/hold                 edit
POST /desk/{edition}/item                 edit
GET  /desk/{edition}/left-out             read
POST /desk/{edition}/links                edit
POST /desk/{edition}/move                 edit
POST /desk/{edition}/pin                  edit
GET  /desk/{edition}/proof                read
GET  /desk/{edition}/proof.eml            read
GET  /desk/{edition}/proof.html           read
GET  /desk/{edition}/proof.txt            read
POST /desk/{edition}/redo                 edit
GET  /desk/{edition}/release              approve
POST /desk/{edition}/release              approve
POST /desk/{edition}/section              edit
POST /desk/{edition}/split                edit
POST /desk/{edition}/take                 edit
POST /desk/{edition}/test                 edit
POST /desk/{edition}/undo                 edit
POST /desk/{edition}/unwaive              edit
POST /desk/{edition}/waive                edit
GET  /events                              in
GET  /invitation/{token}                  anyone
POST /invitation/{token}                  anyone
GET  /keys                                in
POST /look                                anyone
GET  /more                                in
GET  /move/{token}                        anyone
POST /move/{token}                        anyone
GET  /own-data/{token}                    anyone
POST /own-data/{token}/copy               anyone
POST /own-data/{token}/erase              anyone
GET  /preferences/{token}                 anyone
POST /preferences/{token}                 anyone
POST /preferences/{token}/again/{edition} anyone
POST /preferences/{token}/move            anyone
POST /preferences/{token}/own-data        anyone
POST /preferences/{token}/take-up         anyone
GET  /read/{token}                        anyone
GET  /sending                             read
GET  /sending/{edition}                   read
POST /sending/{edition}/brake             operate
POST /sending/{edition}/decide            operate
GET  /sending/{edition}/deliveries        read
POST /sending/{edition}/end               operate
GET  /sending/{edition}/live              read
POST /sending/{edition}/release           operate
GET  /sign-in                             anyone
POST /sign-in                             anyone
POST /sign-in/code                        anyone
POST /sign-out                            anyone
GET  /static/{version}/{name:path}        anyone
GET  /subscribe/{digest}                  anyone
POST /subscribe/{digest}                  open
GET  /subscribe/{digest}/erased           anyone
GET  /subscribe/{digest}/form             anyone
GET  /subscribe/{digest}/sent             anyone
GET  /unsubscribe/{token}                 anyone
POST /unsubscribe/{token}                 open
GET  /users                               admin
POST /users                               admin
GET  /users/{person}                      admin
POST /users/{person}/codes/end            admin*
POST /users/{person}/disable              admin*
POST /users/{person}/enable               admin*
POST /users/{person}/invitation           admin*
POST /users/{person}/roles                admin
"""
EXPECTED = {
    (method, path): word for method, path, word in (line.split() for line in TABLE.strip().splitlines())
}
