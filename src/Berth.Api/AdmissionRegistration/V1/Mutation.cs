using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>One change. patchType says which field is set.</summary>
public sealed partial record Mutation
{
    /// <summary>ApplyConfiguration or JSONPatch.</summary>
    [Field(2, Always = true, Required = true)]
    public string PatchType { get; init; } = "";

    /// <summary>A change in the form of server-side apply.</summary>
    [Field(3)]
    public ApplyConfiguration? ApplyConfiguration { get; init; }

    /// <summary>A change as a list of operations.</summary>
    [Field(4)]
    public JSONPatch? JsonPatch { get; init; }
}
