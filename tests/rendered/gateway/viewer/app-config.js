(() => {
console.time('scriptToView');
window.PUBLIC_URL = '/viewer/';
window.browserImportFunction = (name) => import(name);
const titles = 'DCM4CHEE'.replaceAll('[.]', '.').split('|');
const source = (title) => ({
namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
sourceName: title,
configuration: {
friendlyName: title,
name: title,
qidoRoot: '/dcm4chee-arc/aets/' + title + '/rs',
wadoRoot: '/dcm4chee-arc/aets/' + title + '/rs',
wadoUriRoot: '/dcm4chee-arc/aets/' + title + '/wado',
imageRendering: 'wadors',
thumbnailRendering: 'wadors',
qidoSupportsIncludeField: true,
supportsFuzzyMatching: true,
supportsWildcard: true,
supportsReject: false,
enableStudyLazyLoad: true,
omitQuotationForMultipartRequest: true,
bulkDataURI: { enabled: true, transform: (address) => address.replace(/^https?:\/\/[^/]+(?=\/dcm4chee-arc\/)/, '') },
dicomUploadEnabled: 'false' === 'true',
},
});
window.config = {
routerBasename: '/viewer',
extensions: [],
modes: [],
customizationService: {},
showStudyList: true,
showLoadingIndicator: true,
strictZSpacingForVolumeViewport: true,
maxNumberOfWebWorkers: 3,
dataSources: titles.map(source),
defaultDataSourceName: titles[0],
};
if ('https://login.hospital-example.com/realms/hospital') {
window.config.oidc = [
{
authority: 'https://login.hospital-example.com/realms/hospital',
client_id: 'dicom-viewer',
redirect_uri: '/callback',
response_type: 'code',
scope: 'openid',
post_logout_redirect_uri: '/signed-out',
automaticSilentRenew: true,
revokeAccessTokenOnSignout: true,
},
];
if (!/^\/viewer\/(callback|login|logout)/.test(location.pathname)) {
window.stop();
toProvider(window.config.oidc[0]).catch((error) => document.documentElement.append('The login does not answer: ' + error));
} else {
setTimeout(() => navigator.serviceWorker?.register('/viewer/worker.js'), 20000);
}
}
async function toProvider({ authority, client_id, scope }) {
const login = (await (await fetch(authority.replace(/\/$/, '') + '/.well-known/openid-configuration')).json()).authorization_endpoint;
const state = crypto.randomUUID();
const code_verifier = crypto.randomUUID() + crypto.randomUUID();
const octets = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code_verifier));
const code_challenge = btoa(String.fromCharCode(...new Uint8Array(octets))).replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
const sent = { client_id, scope, redirect_uri: location.origin + '/viewer/callback' };
const kept = { id: state, created: Date.now() / 1000, request_type: 'si:r', code_verifier, authority };
localStorage['oidc.' + state] = JSON.stringify({ ...sent, ...kept });
const back = { pathname: location.pathname.slice(7) || '/', search: location.search };
sessionStorage['ohif-redirect-to'] = JSON.stringify(back);
const asked = new URLSearchParams({ ...sent, state, response_type: 'code', code_challenge, code_challenge_method: 'S256' });
location.replace(login + (login.includes('?') ? '&' : '?') + asked);
}
})();
