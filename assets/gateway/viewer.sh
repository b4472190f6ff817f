#!/bin/sh
# Run while the image is built: takes OHIF's files as its image or npm package has them (made for /) and makes them work below
# /viewer/, without what is not needed, without scripts inside the page, which its security policy would have to name, compressed.
# Written for OHIF 3.13: every kind of replaced place is counted, and another number stops the build instead of a viewer that fails.
#
#   sh viewer.sh FROM TO      FROM: folder with index.html; makes TO/viewer
set -eu
from=$1 to=$2

counted() { # WHAT EXPECTED FOUND
  [ "$2" = "$3" ] && return
  echo "viewer: $1: $3 places to replace, $2 expected: change gateway.viewer.tag" >&2
  exit 1
}

mkdir -p "$to/viewer"
cp -R "$from/." "$to/viewer"
cd "$to/viewer"
# AI segmentation, microscopy, examples, what other logins and old browsers need. sw.js and silent-refresh.html name public servers;
# init-service-worker.js takes every service worker away, ours too.
rm -rf ort customizations dicom-microscopy-viewer dicomMicroscopyViewer* dataLoader.worker* google.js sw.js silent-refresh.html \
  ./*.min.js serve.json _headers _redirects app-config.js app-config.js.gz init-service-worker.js
find . -type f \( -name '*.map' -o -name '*.gz' \) -exec rm {} +

marked=$(grep -lF '__webpack_require__.p = "/"' ./*.js | wc -l)
counted scripts 8 "$((marked))"
# app-config.js begins logins for OHIF to end.
counted 'ends of logins' 3 "$(cat app.bundle.*.js | grep -cF -e "JSON.parse(sessionStorage.getItem('ohif-redirect-to'))" -e 'code_verifier: this.code_verifier,')"
counted fonts 5 "$(($(grep -oF 'url(/' app.bundle.css | wc -l)))"
counted 'names of styles' 1 "$(cat app.bundle.*.js | grep -cF 'chunkId + ".css"')"
counted PUBLIC_URL 2 "$(($(grep -oF 'window.PUBLIC_URL="/"' index.html | wc -l)))"
counted 'addresses in index.html' 33 "$(($(grep -oE '(href|src|content)="/' index.html | wc -l)))"
sed -i 's|__webpack_require__\.p = "/"|__webpack_require__.p = "/viewer/"|g' ./*.js
sed -i 's|url(/|url(/viewer/|g' app.bundle.css
# By their content, as scripts are: what has a name of its own is never asked for again.
css=$(cat ./*.css | sha256sum | cut -c1-16).css
for one in *.css; do mv "$one" "${one%css}$css"; done
sed -i "s|chunkId + \".css\"|chunkId + \".$css\"|" app.bundle.*.js
# What every study needs is fetched while the first of it runs. Chromium stores scripts as compiled for a service worker that is
# installed; ours keeps these until the next release, whose names differ. Nothing else passes there.
set -- app.bundle.*.js 1673.* 6938.* 6489.* 6495.* 8478.* 89.* 9383.*
# shellcheck disable=SC2012 # names without blanks
counted 'early scripts' 8 "$(ls "$@" | wc -l)"
list=$(printf '"/viewer/%s",' "$@")
# What its own scripts say, app-config.js says.
own='console.time\("scriptToView"\),|function browserImportFunction\(n\)\{return import\(n\)\}'
sed -i -E "s#<script>($own)window\.PUBLIC_URL=\"/\"</script>##g; s#<script [^>]*init-service-worker[^>]*></script>##
s#(href|src|content)=\"/#\1=\"/viewer/#g; s#app\.bundle\.css#app.bundle.$css#
s#</title>#&$(printf '<link rel="preload" as="script" href="/viewer/%s">' "$@")#" index.html
counted 'own scripts' 0 "$(grep -c -e '<script>' -e init-service-worker index.html)"
# All that there is before the login.
echo '<!doctype html><title>OHIF Viewer</title><script src="/viewer/app-config.js"></script>' >start.html
cat >signed-out.html <<END
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Signed out</title>
<style>
  body { background: #0b1020; color: #e8ecf4; font: 1.1rem/1.6 sans-serif; margin: 20vh auto; max-width: 32rem; padding: 0 1rem }
  a { color: #8ecbff }
</style>
<h1>You are signed out</h1>
<p>Close this browser's windows on a machine that others use too. <a href="/viewer/">Sign in again</a></p>
END

cat >worker.js <<END
oninstall = (event) => {
  event.addRoutes?.([
    { condition: { requestMode: 'navigate' }, source: 'network' },
    { condition: { requestDestination: 'script' }, source: 'cache' },
  ]);
  event.waitUntil(caches.delete('v').then(() => caches.open('v')).then((v) => v.addAll([$list])));
};
onfetch = () => {};
END

# Without a time in it; a gzip that knows no -n (busybox) writes none.
pack='gzip -9n'
$pack </dev/null >/dev/null 2>&1 || pack='gzip -9'
find . -type f -size +1k \( -name '*.js' -o -name '*.css' -o -name '*.html' -o -name '*.svg' -o -name '*.json' -o -name '*.wasm' \) |
  while read -r file; do $pack <"$file" >"$file.gz"; done
chmod -R u=rwX,go=rX .
