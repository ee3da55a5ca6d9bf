using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>Parameters of a policy: one object by name, or all that a selector chooses. Exactly one of the two.</summary>
[Atomic]
public sealed partial record ParamRef
{
    /// <summary>Name of the object.</summary>
    [Field(1)]
    public string Name { get; init; } = "";

    /// <summary>Namespace of the objects; absent, for kinds that have namespaces: that of the request.</summary>
    [Field(2)]
    public string Namespace { get; init; } = "";

    /// <summary>Labels of the objects; the policy holds with each of them.</summary>
    [Field(3)]
    public LabelSelector? Selector { get; init; }

    /// <summary>What it means that there are none: Allow, or Deny, which lets failurePolicy decide.</summary>
    [Field(4)]
    public string? ParameterNotFoundAction { get; init; }
}
