using Berth.Api;
using Berth.Api.Authentication.V1;
using Berth.Api.Core.V1;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Authentication;

/// <summary>The subresource <c>serviceaccounts/NAME/token</c>: makes tokens that live for a while, or as long as an object.</summary>
internal sealed class TokenRequests(ServiceAccountTokenIssuer issuer, IObjectReader objects)
{
    private const long SecondsDefault = 3600;
    private const long SecondsMin = 600;
    private const long SecondsMax = 1L << 32;

    public async ValueTask<TokenRequest> CreateAsync(ApiRequest request, TokenRequest asked)
    {
        var (ns, name) = (request.Info.Namespace, request.Info.Name);
        if (asked.Metadata.Namespace.Length > 0 && asked.Metadata.Namespace != ns)
            throw ApiStatusException.BadRequest($"the namespace of the provided object does not match the namespace sent on the request: {asked.Metadata.Namespace} vs {ns}");
        if (asked.Metadata.Name.Length > 0 && asked.Metadata.Name != name)
            throw ApiStatusException.BadRequest($"name {name} differs from the name in the request body ({asked.Metadata.Name})");

        var account = await objects.GetAsync<ServiceAccount>(ns, name, request.Cancellation)
            ?? throw ApiStatusException.NotFound(ServiceAccount.Kind, name);
        var bound = asked.Spec.BoundObjectRef is { } reference ? await FindBoundAsync(ns, name, reference, request.Cancellation) : null;
        await NodeRestriction.CheckTokenRequestAsync(request.User.Name, request.User.Groups, ns, name, asked, bound as Pod, objects, request.Cancellation);

        var spec = asked.Spec with
        {
            Audiences = asked.Spec.Audiences.IsEmpty ? issuer.Options.Audiences : asked.Spec.Audiences,
            ExpirationSeconds = asked.Spec.ExpirationSeconds ?? SecondsDefault,
        };
        Validate(spec, name);

        // Tokens of pods carry their node too, so that what a node leaks can be traced to it.
        var node = bound is Pod { Spec.NodeName.Length: > 0 } pod
            ? await objects.GetAsync<Node>(null, pod.Spec.NodeName, request.Cancellation)
            : null;
        var (token, expires) = issuer.Issue(account, spec.Audiences, TimeSpan.FromSeconds(spec.ExpirationSeconds!.Value), bound, node);
        return asked with
        {
            Metadata = asked.Metadata with { Name = name, Namespace = ns, CreationTimestamp = request.Now },
            Spec = spec,
            Status = new() { Token = token, ExpirationTimestamp = expires },
        };
    }

    private static void Validate(TokenRequestSpec spec, string name)
    {
        var errors = new FieldErrors();
        if (spec.ExpirationSeconds < SecondsMin) errors.Invalid("spec.expirationSeconds", spec.ExpirationSeconds, "may not specify a duration less than 10 minutes");
        if (spec.ExpirationSeconds > SecondsMax) errors.Invalid("spec.expirationSeconds", spec.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");
        if (!errors.IsEmpty) throw ApiStatusException.Invalid(TokenRequest.Kind, name, errors);
    }

    private async ValueTask<IApiObject> FindBoundAsync(string ns, string account, BoundObjectReference reference, CancellationToken cancellation)
    {
        IApiObject? found;
        switch (reference.Kind, reference.ApiVersion)
        {
            case ("Pod", "v1"):
                var pod = await objects.GetAsync<Pod>(ns, reference.Name, cancellation) ?? throw ApiStatusException.NotFound(Pod.Kind, reference.Name);
                if (pod.Spec.ServiceAccountName != account)
                    throw ApiStatusException.BadRequest($"cannot bind token for serviceaccount \"{account}\" to pod running with different serviceaccount name.");
                found = pod;
                break;
            case ("Secret", "v1"):
                found = await objects.GetAsync<Secret>(ns, reference.Name, cancellation) ?? throw ApiStatusException.NotFound(Secret.Kind, reference.Name);
                break;
            case ("Node", "v1"):
                found = await objects.GetAsync<Node>(null, reference.Name, cancellation) ?? throw ApiStatusException.NotFound(Node.Kind, reference.Name);
                break;
            default:
                throw ApiStatusException.BadRequest($"cannot bind token for serviceaccount \"{account}\" to object of type {reference.ApiVersion}, Kind={reference.Kind}");
        }

        return reference.Uid.Length == 0 || reference.Uid == found.Metadata.Uid
            ? found
            : throw ApiStatusException.Conflict(
                found.KindInfo,
                reference.Name,
                $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
    }
}
