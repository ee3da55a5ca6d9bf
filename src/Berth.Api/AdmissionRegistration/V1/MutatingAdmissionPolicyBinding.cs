using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

[Kind("admissionregistration.k8s.io", "v1", "MutatingAdmissionPolicyBinding")]
[Resource("mutatingadmissionpolicybindings", "mutatingadmissionpolicybinding", Namespaced = false, Categories = "api-extensions")]
public sealed partial record MutatingAdmissionPolicyBinding
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public MutatingAdmissionPolicyBindingSpec Spec { get; init; } = MutatingAdmissionPolicyBindingSpec.Empty;
}
