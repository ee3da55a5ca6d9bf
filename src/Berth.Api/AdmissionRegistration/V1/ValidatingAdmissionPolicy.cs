using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>Rules for objects on their way in, as expressions in CEL.</summary>
[Kind("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy")]
[Resource("validatingadmissionpolicies", "validatingadmissionpolicy", Namespaced = false, Categories = "api-extensions", Subresources = "status:get,patch,update")]
public sealed partial record ValidatingAdmissionPolicy
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The rules, and for what.</summary>
    [Field(2)]
    public ValidatingAdmissionPolicySpec Spec { get; init; } = ValidatingAdmissionPolicySpec.Empty;

    /// <summary>What was found when the rules were checked.</summary>
    [Field(3)]
    public ValidatingAdmissionPolicyStatus Status { get; init; } = ValidatingAdmissionPolicyStatus.Empty;
}
