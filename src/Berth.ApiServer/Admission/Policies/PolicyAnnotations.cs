using System.Text;
using System.Text.Json.Nodes;
using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>What one policy tells the audit log about one request. Bindings that say different things about a key are told together.</summary>
internal sealed class PolicyAnnotations
{
    private readonly List<(string Key, string Value)> _values = [];

    /// <summary>Tells that a validation failed whose binding has the action Audit.</summary>
    public static void Failed(AuditTrail? audit, ValidatingAdmissionPolicyBinding binding, PolicyDenial denial)
    {
        if (audit is null)
            return;
        var failure = new JsonObject
        {
            ["message"] = denial.Message,
            ["policy"] = binding.Spec.PolicyName,
            ["binding"] = binding.Metadata.Name,
            ["expressionIndex"] = denial.Index,
            ["validationActions"] = new JsonArray([.. binding.Spec.ValidationActions.Select(a => JsonValue.Create(a))]),
        };
        audit.Annotate("validation.policy.admission.k8s.io/validation_failure", Encoding.UTF8.GetString(JsonTree.ToBytes(new JsonArray(failure))));
    }

    public void Add(string key, string value)
    {
        if (!_values.Contains((key, value)))
            _values.Add((key, value));
    }

    public void Publish(AuditTrail? audit, string policy)
    {
        if (audit is null)
            return;
        foreach (var key in _values.GroupBy(v => v.Key, v => v.Value, StringComparer.Ordinal))
            audit.Annotate($"{policy}/{key.Key}", string.Join(", ", key));
    }
}
