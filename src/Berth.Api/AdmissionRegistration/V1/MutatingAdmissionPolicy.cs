using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A change to objects on their way in, by expressions in CEL.</summary>
[Kind("admissionregistration.k8s.io", "v1", "MutatingAdmissionPolicy")]
[Resource("mutatingadmissionpolicies", "mutatingadmissionpolicy", Namespaced = false, Categories = "api-extensions")]
public sealed partial record MutatingAdmissionPolicy
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The change, and for what.</summary>
    [Field(2)]
    public MutatingAdmissionPolicySpec Spec { get; init; } = MutatingAdmissionPolicySpec.Empty;
}
