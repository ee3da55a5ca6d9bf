using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

[Atomic]
public sealed partial record ParamRef
{
    [Field(1)]
    public string Name { get; init; } = "";

    [Field(2)]
    public string Namespace { get; init; } = "";

    [Field(3)]
    public LabelSelector? Selector { get; init; }

    [Field(4)]
    public string? ParameterNotFoundAction { get; init; }
}
