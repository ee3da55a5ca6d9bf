using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An image that a node has.</summary>
public sealed partial record ContainerImage
{
    /// <summary>All names of the image, by tag and by digest.</summary>
    [Field(1, Always = true)]
    public ApiList<string> Names { get; init; } = [];

    /// <summary>Bytes that the image takes.</summary>
    [Field(2)]
    public long SizeBytes { get; init; }
}
