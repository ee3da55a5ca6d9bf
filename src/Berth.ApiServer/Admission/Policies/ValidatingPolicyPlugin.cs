using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Http;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;
using Berth.Cel.Json;
using RequestRule = Berth.ApiServer.Admission.Webhooks.RuleMatch;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>Holds requests to the ValidatingAdmissionPolicies that somebody bound.</summary>
public sealed class ValidatingPolicyPlugin(IObjectReader objects, Lazy<IAuthorizer> authority) : IAdmissionPlugin
{
    private readonly PolicyParameters _parameters = new(objects);
    private volatile Configured? _configured;

    public string Name => "ValidatingAdmissionPolicy";

    private Configured Policies
    {
        get
        {
            // Versions first: what is listed behind them is at least as new.
            var versions = (objects.Version<ValidatingAdmissionPolicy>(), objects.Version<ValidatingAdmissionPolicyBinding>());
            var before = _configured;
            if (before is not null && before.Versions == versions)
                return before;
            var known = before?.Policies.ToDictionary(p => p.Policy.Source.Metadata.Name, p => p.Policy, StringComparer.Ordinal);
            var bindings = objects.List<ValidatingAdmissionPolicyBinding>().ToLookup(b => b.Spec.PolicyName, StringComparer.Ordinal);
            // Compiling costs more than all the rest: only what changed is compiled again.
            return _configured = new Configured(versions, [.. objects.List<ValidatingAdmissionPolicy>()
                .Where(p => bindings.Contains(p.Metadata.Name))
                .OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)
                .Select(p => (
                    known?.GetValueOrDefault(p.Metadata.Name) is { } same && same.Source.Spec == p.Spec ? same : new ValidatingPolicy(p),
                    (IReadOnlyList<Bound>)[.. bindings[p.Metadata.Name].OrderBy(b => b.Metadata.Name, StringComparer.Ordinal).Select(b => new Bound(b))]))]);
        }
    }

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        var policies = Policies.Policies;
        if (policies.Count == 0 || RequestRule.IsExempt(attributes))
            return;
        var request = await PolicyRequest.OfAsync(objects, attributes, value, old, cancellation).ConfigureAwait(false);
        var inputs = new AdmissionInputs(authority.Value, attributes, value, old);
        foreach (var (policy, bindings) in policies)
        {
            if (!policy.Match.Means(attributes, request.Name, request.Labels, value, old))
                continue;
            foreach (var binding in bindings)
            {
                if (binding.Match?.Means(attributes, request.Name, request.Labels, value, old) != false)
                    await CheckAsync(policy, binding.Source, request, inputs, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask CheckAsync(
        ValidatingPolicy policy, ValidatingAdmissionPolicyBinding binding, PolicyRequest request, AdmissionInputs inputs, CancellationToken cancellation)
    {
        IReadOnlyList<IApiObject?> parameters;
        try
        {
            parameters = await _parameters.CollectAsync(policy.Source.Spec.ParamKind, binding.Spec.ParamRef, request.Attributes.Namespace, cancellation).ConfigureAwait(false);
        }
        catch (PolicyException e)
        {
            if (policy.IgnoresFailure)
                return;
            throw Denied(policy, binding, request, new PolicyDenial($"failed to configure binding: {e.Message}", "Invalid"));
        }

        foreach (var parameter in parameters)
        {
            var given = parameter is null ? null : JsonValues.Of(JsonTree.Of(parameter));
            foreach (var denial in policy.Evaluate(inputs, given, request.Namespace, cancellation))
            {
                if (denial.IsAnnotation || binding.Spec.ValidationActions.Contains("Deny"))
                    throw Denied(policy, binding, request, denial);
                if (binding.Spec.ValidationActions.Contains("Warn"))
                {
                    request.Attributes.Warn(
                        $"Validation failed for ValidatingAdmissionPolicy '{policy.Source.Metadata.Name}' with binding '{binding.Metadata.Name}': {denial.Message}");
                }
            }
        }
    }

    private static ApiStatusException Denied(ValidatingPolicy policy, ValidatingAdmissionPolicyBinding binding, PolicyRequest request, PolicyDenial denial)
    {
        var message = $"ValidatingAdmissionPolicy '{policy.Source.Metadata.Name}' with binding '{binding.Metadata.Name}' denied request: {denial.Message}";
        var status = ApiStatusException.Forbidden(request.Attributes.Kind, request.Name, message).Status;
        return new ApiStatusException(status with
        {
            Reason = denial.Reason,
            Code = denial.Reason switch { "Forbidden" => 403, "Unauthorized" => 401, "RequestEntityTooLarge" => 413, _ => 422 },
            Details = (status.Details ?? StatusDetails.Empty) with { Causes = [new StatusCause { Message = message }] },
        });
    }

    private sealed record Configured((long, long) Versions, IReadOnlyList<(ValidatingPolicy Policy, IReadOnlyList<Bound> Bindings)> Policies);

    private sealed class Bound(ValidatingAdmissionPolicyBinding source)
    {
        public ValidatingAdmissionPolicyBinding Source => source;

        /// <summary>Null: all that the policy means.</summary>
        public PolicyMatch? Match { get; } = source.Spec.MatchResources is { } match ? new PolicyMatch(match) : null;
    }
}
