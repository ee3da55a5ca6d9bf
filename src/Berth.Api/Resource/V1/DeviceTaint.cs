using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A reason not to use a device, for claims that do not tolerate it.</summary>
public sealed partial record DeviceTaint
{
    /// <summary>Key of the taint.</summary>
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>Value of the taint.</summary>
    [Field(2)]
    public string Value { get; init; } = "";

    /// <summary>NoSchedule gives the device to nobody new; NoExecute ends pods that use it; None only tells.</summary>
    [Field(3, Always = true, Required = true)]
    public string Effect { get; init; } = "";

    /// <summary>When it was set.</summary>
    [Field(4)]
    public Time? TimeAdded { get; init; }
}
