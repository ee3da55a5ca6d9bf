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

    private readonly BoundPolicies<ValidatingPolicy, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding> _policies =
        new(objects, static b => b.Spec.PolicyName, static b => b.Spec.MatchResources);

    public string Name => "ValidatingAdmissionPolicy";

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        var policies = _policies.Current;
        if (policies.Count == 0 || RequestRule.IsExempt(attributes))
            return;
        var request = await PolicyRequest.OfAsync(objects, attributes, value, old, cancellation).ConfigureAwait(false);
        var inputs = new AdmissionInputs(authority.Value, attributes, value, old);
        foreach (var entry in policies)
        {
            var annotations = new PolicyAnnotations();
            try
            {
                foreach (var binding in entry.Meaning(request, () => value, old))
                    await CheckAsync(entry.Policy, binding, request, inputs, annotations, cancellation).ConfigureAwait(false);
            }
            finally
            {
                annotations.Publish(attributes.Audit, entry.Policy.Name);
            }
        }
    }

    private async ValueTask CheckAsync(
        ValidatingPolicy policy, ValidatingAdmissionPolicyBinding binding, PolicyRequest request, AdmissionInputs inputs, PolicyAnnotations annotations, CancellationToken cancellation)
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
            foreach (var denial in policy.Evaluate(inputs, given, request.Namespace, annotations.Add, cancellation))
            {
                if (!denial.IsAnnotation && binding.Spec.ValidationActions.Contains("Audit"))
                    PolicyAnnotations.Failed(request.Attributes.Audit, binding, denial);
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
}
