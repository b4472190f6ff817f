(() => {
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
      thumbnailRendering: 'wadors', // thumbnailDirect asks without a token
      qidoSupportsIncludeField: true,
      supportsFuzzyMatching: true,
      supportsWildcard: true,
      supportsReject: false, // the gateway offers nothing that deletes
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
        response_type: 'code', // with PKCE; anything else takes an old library
        scope: 'openid',
        post_logout_redirect_uri: '/signed-out',
        automaticSilentRenew: true,
        revokeAccessTokenOnSignout: true,
      },
    ];
  }
})();
