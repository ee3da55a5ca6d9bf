using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Selection;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>Finds the objects that a binding gives its policy as parameters.</summary>
internal sealed class PolicyParameters(IObjectReader objects)
{
    /// <returns>One evaluation for each; null is one without parameters. Empty when there are none and that is allowed.</returns>
    /// <exception cref="PolicyException">The binding or the policy is not set up well, or nothing was found and that is denied.</exception>
    public async ValueTask<IReadOnlyList<IApiObject?>> CollectAsync(ParamKind? kind, ParamRef? reference, string ns, CancellationToken cancellation)
    {
        if (kind is null || reference is null)
            return [null];
        var slash = kind.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", kind.ApiVersion) : (kind.ApiVersion[..slash], kind.ApiVersion[(slash + 1)..]);
        var found = await objects.FindKindAsync(group, version, kind.Kind, cancellation).ConfigureAwait(false)
            ?? throw new PolicyException($"failed to find resource referenced by paramKind: '{kind.ApiVersion}, Kind={kind.Kind}'");
        if (found.Namespaced)
        {
            if (reference.Namespace.Length > 0)
                ns = reference.Namespace;
            else if (ns.Length == 0)
                throw new PolicyException("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
        }
        else
        {
            if (reference.Namespace.Length > 0)
                throw new PolicyException("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
            ns = "";
        }

        List<IApiObject?> parameters = [];
        if (reference.Name.Length > 0)
        {
            if (await found.GetAsync(ns, reference.Name, cancellation).ConfigureAwait(false) is { } named)
                parameters.Add(named);
        }
        else
        {
            var selector = LabelSelectors.Compile(reference.Selector);
            parameters.AddRange((await found.ListAsync(ns, cancellation).ConfigureAwait(false)).Where(selector.Matches));
        }

        return parameters.Count == 0 && reference.ParameterNotFoundAction == "Deny"
            ? throw new PolicyException("no params found for policy binding with `Deny` parameterNotFoundAction")
            : parameters;
    }
}
