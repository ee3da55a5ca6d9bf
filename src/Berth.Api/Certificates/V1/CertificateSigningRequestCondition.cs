using Berth.Api.Schema;

namespace Berth.Api.Certificates.V1;

/// <summary>A decision about a request.</summary>
public sealed partial record CertificateSigningRequestCondition
{
    /// <summary>Approved, Denied or Failed. They cannot be taken back.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>Why the condition has this status: one word in CamelCase, for programs.</summary>
    [Field(2)]
    public string Reason { get; init; } = "";

    /// <summary>Why the condition has this status, in words for people.</summary>
    [Field(3)]
    public string Message { get; init; } = "";

    /// <summary>When it was last written.</summary>
    [Field(4, Always = true)]
    public Time? LastUpdateTime { get; init; }

    /// <summary>When the status last changed from one value to another.</summary>
    [Field(5, Always = true)]
    public Time? LastTransitionTime { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Field(6, Always = true, Required = true)]
    public string Status { get; init; } = "";
}
