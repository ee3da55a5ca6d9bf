using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Http;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;
using Berth.Cel.Json;
using Berth.Cel.Values;
using RequestRule = Berth.ApiServer.Admission.Webhooks.RuleMatch;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>
/// Has the MutatingAdmissionPolicies that somebody bound change what is created and updated. Policies that want to see what later
/// ones changed are called once more.
/// </summary>
public sealed class MutatingPolicyPlugin(IObjectReader objects, Lazy<IAuthorizer> authority) : IAdmissionPlugin
{
    private readonly PolicyParameters _parameters = new(objects);

    private readonly BoundPolicies<MutatingPolicy, MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding> _policies =
        new(objects, static b => b.Spec.PolicyName, static b => b.Spec.MatchResources);

    public string Name => "MutatingAdmissionPolicy";

    public async ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        var policies = _policies.Current;
        if (policies.Count == 0 || RequestRule.IsExempt(attributes))
            return value;
        var request = await PolicyRequest.OfAsync(objects, attributes, value, old, cancellation).ConfigureAwait(false);
        var seen = new List<Invocation>();
        IReadOnlyList<Invocation> again = [];
        foreach (var entry in policies)
        {
            foreach (var binding in entry.Meaning(request, () => value, old))
            {
                foreach (var invocation in await InvocationsAsync(entry.Policy, binding, request, cancellation).ConfigureAwait(false))
                {
                    var changed = Mutate(invocation, request, value, old, cancellation);
                    if (!changed.Equals(value))
                        again = [.. seen.Where(s => s.Policy.IsCalledAgain)];
                    value = changed;
                    seen.Add(invocation);
                }
            }
        }

        foreach (var invocation in again)
            value = Mutate(invocation, request, value, old, cancellation);
        return value;
    }

    private async ValueTask<IReadOnlyList<Invocation>> InvocationsAsync(
        MutatingPolicy policy, MutatingAdmissionPolicyBinding binding, PolicyRequest request, CancellationToken cancellation)
    {
        try
        {
            var parameters = await _parameters.CollectAsync(policy.Source.Spec.ParamKind, binding.Spec.ParamRef, request.Attributes.Namespace, cancellation).ConfigureAwait(false);
            return [.. parameters.Select(p => new Invocation(policy, binding, p is null ? null : JsonValues.Of(JsonTree.Of(p))))];
        }
        catch (PolicyException e)
        {
            return policy.IgnoresFailure ? [] : throw Denied(policy, binding, request, $"failed to configure binding: {e.Message}", "Forbidden", 403);
        }
    }

    private T Mutate<T>(Invocation invocation, PolicyRequest request, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        try
        {
            return invocation.Policy.Mutate(
                value, v => new AdmissionInputs(authority.Value, request.Attributes, v, old), invocation.Parameters, request.Namespace, cancellation);
        }
        catch (PolicyException e)
        {
            return invocation.Policy.IgnoresFailure ? value : throw Denied(invocation.Policy, invocation.Binding, request, e.Message, "Invalid", 403);
        }
    }

    private static ApiStatusException Denied(MutatingPolicy policy, MutatingAdmissionPolicyBinding binding, PolicyRequest request, string problem, string reason, int code)
    {
        var message = $"policy '{policy.Source.Metadata.Name}' with binding '{binding.Metadata.Name}' denied request: {problem}";
        var status = ApiStatusException.Forbidden(request.Attributes.Kind, request.Name, message).Status;
        return new ApiStatusException(status with
        {
            Reason = reason,
            Code = code,
            Message = message,
            Details = (status.Details ?? StatusDetails.Empty) with { Causes = [new StatusCause { Message = message }] },
        });
    }

    private sealed record Invocation(MutatingPolicy Policy, MutatingAdmissionPolicyBinding Binding, CelValue? Parameters);
}
