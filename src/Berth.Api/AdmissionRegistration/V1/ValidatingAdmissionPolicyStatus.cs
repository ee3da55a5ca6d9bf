using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicyStatus
{
    [Field(1)]
    public long ObservedGeneration { get; init; }

    [Field(2)]
    public TypeChecking? TypeChecking { get; init; }

    [Field(3), ListMap("type")]
    public ApiList<Condition> Conditions { get; init; } = [];
}
