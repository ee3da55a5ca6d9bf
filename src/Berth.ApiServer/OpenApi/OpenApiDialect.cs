namespace Berth.ApiServer.OpenApi;

/// <summary>The two forms in which clients ask for the same facts.</summary>
internal enum OpenApiDialect
{
    /// <summary>OpenAPI 2.0 ("swagger"): one document for everything. For clients from before Kubernetes 1.27.</summary>
    V2,

    /// <summary>OpenAPI 3.0: a document per group and version.</summary>
    V3,
}
