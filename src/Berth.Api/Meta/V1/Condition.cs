using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>One thing that can be true or false of an object, with the moment of its last change and the reason.</summary>
public sealed partial record Condition
{
    /// <summary>Name of the condition, in CamelCase; one of each type.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true)]
    public string Status { get; init; } = "";

    /// <summary>
    /// metadata.generation of the object that the condition speaks of. Smaller than the object's own: the condition is about an older
    /// version.
    /// </summary>
    [Field(3)]
    public long ObservedGeneration { get; init; }

    /// <summary>When the status last changed from one value to another.</summary>
    [Field(4, Always = true, Required = true)]
    public Time? LastTransitionTime { get; init; }

    /// <summary>Why the condition has this status: one word in CamelCase, for programs.</summary>
    [Field(5, Always = true, Required = true)]
    public string Reason { get; init; } = "";

    /// <summary>Why the condition has this status, in words for people.</summary>
    [Field(6, Always = true, Required = true)]
    public string Message { get; init; } = "";
}
