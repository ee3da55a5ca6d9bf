using Berth.ApiServer.Http;

namespace Berth.ApiServer.CustomResources;

/// <summary>What is particular to requests for custom resources, before they are answered as those for all kinds are.</summary>
internal sealed class CustomHandler(CustomDefinition definition, CustomVersion version, IApiHandler inner) : IApiHandler
{
    public Task HandleAsync(ApiRequest request)
    {
        if (version.Deprecation is { } warning)
        {
            request.Warn(warning);
            request.Audit?.Annotate("k8s.io/deprecated", "true");
        }

        if (definition.IsTerminating && request.Info is { Verb: "create", Subresource: "" })
            throw ApiStatusException.MethodNotAllowed("create not allowed while custom resource definition is terminating");
        return inner.HandleAsync(request);
    }
}
