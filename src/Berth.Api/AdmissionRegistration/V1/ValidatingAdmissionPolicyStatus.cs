using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>What is known of a policy.</summary>
public sealed partial record ValidatingAdmissionPolicyStatus
{
    /// <summary>metadata.generation that was last looked at.</summary>
    [Field(1)]
    public long ObservedGeneration { get; init; }

    /// <summary>What was found when the expressions were checked.</summary>
    [Field(2)]
    public TypeChecking? TypeChecking { get; init; }

    /// <summary>What is known of the state.</summary>
    [Field(3), ListMap("type")]
    public ApiList<Condition> Conditions { get; init; } = [];
}
