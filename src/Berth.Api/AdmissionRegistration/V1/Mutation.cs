using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record Mutation
{
    [Field(2, Always = true, Required = true)]
    public string PatchType { get; init; } = "";

    [Field(3)]
    public ApplyConfiguration? ApplyConfiguration { get; init; }

    [Field(4)]
    public JSONPatch? JsonPatch { get; init; }
}
