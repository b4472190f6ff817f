const ISSUER = 'https://login.hospital-example.com/realms/hospital';
const AUDIENCE = 'dicom';
const KEYS = 'example-1 ES256 MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3weA07wpD70SbonLs5I2Vi4wARnXUVW1XdbUL3O/1pfu3JM9B0vGnMIdQ9bdyWZcaXQULg2RMA7/0cWcP26TRw==';
const AE_CLAIM = 'dicom_ae';
const ROLE_CLAIM = 'realm_access.roles';
const READ_ROLES = 'radiologist|referrer';
const WRITE_ROLES = 'modality-operator';
const USER_CLAIM = 'preferred_username';
const SKEW = 30;
const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
async function check(r) {
let refused;
try {
refused = await judged(r);
} catch (error) {
refused = 'it cannot be read';
}
r.variables.dicom_refused = refused;
r.return(refused ? 403 : 204);
}
async function judged(r) {
const given = r.rawHeadersIn.filter((pair) => pair[0].toLowerCase() === 'authorization');
if (given.length !== 1) {
return given.length ? 'there are several' : 'there is none';
}
const parts = /^Bearer ([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(given[0][1]);
if (!parts) {
return 'it is no signed token';
}
const claims = await signed(parts);
if (typeof claims === 'string') {
return claims;
}
r.variables.dicom_user = name_of(claims);
const now = Date.now() / 1000;
if (claims.iss !== ISSUER) {
return 'another issuer made it';
}
if (!texts(claims.aud).includes(AUDIENCE)) {
return 'it is for another audience';
}
if (!is_time(claims.exp) || claims.exp + SKEW <= now) {
return 'its time is over';
}
if (['nbf', 'iat'].some((name) => claims[name] !== undefined && !(is_time(claims[name]) && claims[name] <= now + SKEW))) {
return 'its time has not come';
}
const title = r.variables.dicom_root.split('/')[3];
if (AE_CLAIM && !words(claim(claims, AE_CLAIM)).includes(title)) {
return 'it does not name this AE title';
}
const writes = r.variables.dicom_class === 'store' || r.variables.dicom_class === 'dimse';
if (!ROLE_CLAIM) {
return writes ? 'nobody stores with one' : '';
}
const wanted = (writes ? WRITE_ROLES : READ_ROLES).split('|').filter((role) => role);
const held = words(claim(claims, ROLE_CLAIM));
if (!wanted.some((role) => held.includes(role))) {
return writes ? 'it has no role that may store' : 'it has no role that may read';
}
return '';
}
async function signed(parts) {
const header = parsed(parts[1]);
const known = KEYS.split('|').map((line) => line.split(' '));
const key = known.find((each) => each.length === 3 && each[0] === header.kid && each[1] === header.alg);
if (!key || header.crit !== undefined) {
return 'its key is not known here';
}
const algorithm = algorithm_of(key[1]);
const spki = Buffer.from(key[2], 'base64');
const imported = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
const signature = Buffer.from(parts[3], 'base64url');
if (!await verified(algorithm, imported, signature, Buffer.from(parts[1] + '.' + parts[2]))) {
return 'its signature is wrong';
}
return parsed(parts[2]);
}
function algorithm_of(name) {
const hash = 'SHA-' + name.slice(2);
if (name.startsWith('ES')) {
return { name: 'ECDSA', namedCurve: CURVES[name], hash: hash };
}
return name.startsWith('RS')
? { name: 'RSASSA-PKCS1-v1_5', hash: hash }
: { name: 'RSA-PSS', hash: hash, saltLength: parseInt(name.slice(2), 10) / 8 };
}
async function verified(algorithm, key, signature, data) {
if (await crypto.subtle.verify(algorithm, key, signature, data)) {
return true;
}
const sizes = { ES256: 64, ES384: 96, ES512: 132 };
const curve = Object.keys(CURVES).find((each) => CURVES[each] === algorithm.namedCurve);
if (algorithm.name !== 'ECDSA' || signature.length !== sizes[curve]) {
return false;
}
return crypto.subtle.verify(algorithm, key, as_der(signature), data);
}
function as_der(signature) {
const half = signature.length / 2;
const both = Buffer.concat([number(signature.slice(0, half)), number(signature.slice(half))]);
const length = both.length < 128 ? [both.length] : [0x81, both.length];
return Buffer.concat([Buffer.from([0x30].concat(length)), both]);
}
function number(octets) {
let start = 0;
while (start < octets.length - 1 && octets[start] === 0) {
start += 1;
}
const bare = octets.slice(start);
const sign = bare[0] & 0x80 ? [0] : [];
return Buffer.concat([Buffer.from([2, bare.length + sign.length].concat(sign)), bare]);
}
function parsed(part) {
const found = JSON.parse(Buffer.from(part, 'base64url').toString());
if (typeof found !== 'object' || found === null || Array.isArray(found)) {
throw new TypeError('no object');
}
return found;
}
function has(holder, name) {
return typeof holder === 'object' && holder !== null && !Array.isArray(holder) && Object.keys(holder).includes(name);
}
function claim(claims, name) {
if (has(claims, name)) {
return claims[name];
}
return name.split('.').reduce((holder, part) => (has(holder, part) ? holder[part] : undefined), claims);
}
function texts(value) {
const list = Array.isArray(value) ? value : [value];
return list.every((each) => typeof each === 'string') ? list : [];
}
function words(value) {
return typeof value === 'string' ? value.split(/[\s,]+/) : texts(value);
}
function is_time(value) {
return typeof value === 'number' && isFinite(value);
}
function name_of(claims) {
const name = claim(claims, USER_CLAIM);
return typeof name === 'string' ? name.slice(0, 128) : '';
}
export default { check };
