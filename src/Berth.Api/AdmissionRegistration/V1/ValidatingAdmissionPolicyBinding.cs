using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>Puts a ValidatingAdmissionPolicy into force, with its parameters.</summary>
[Kind("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding")]
[Resource("validatingadmissionpolicybindings", "validatingadmissionpolicybinding", Namespaced = false, Categories = "api-extensions")]
public sealed partial record ValidatingAdmissionPolicyBinding
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The policy, and where it holds.</summary>
    [Field(2, Required = true)]
    public ValidatingAdmissionPolicyBindingSpec Spec { get; init; } = ValidatingAdmissionPolicyBindingSpec.Empty;
}
