using Berth.Api.Schema;

namespace Berth.Api.ApiRegistration.V1;

/// <summary>A version of an API group, and who serves it.</summary>
public sealed partial record APIServiceSpec
{
    /// <summary>The Service of the server behind it; absent: this server itself.</summary>
    [Field(1)]
    public ServiceReference? Service { get; init; }

    /// <summary>API group.</summary>
    [Field(2)]
    public string Group { get; init; } = "";

    /// <summary>Version of the group.</summary>
    [Field(3)]
    public string Version { get; init; } = "";

    /// <summary>True does not check the server's certificate. Default: false.</summary>
    [Field(4)]
    public bool InsecureSkipTLSVerify { get; init; }

    /// <summary>Authorities that the server's certificate is checked against, as PEM.</summary>
    [Field(5)]
    public ByteString? CaBundle { get; init; }

    /// <summary>Higher groups are listed first; the highest of its versions counts. From 1 to 20000.</summary>
    [Field(7, Always = true, Required = true)]
    public int GroupPriorityMinimum { get; init; }

    /// <summary>
    /// Order of the versions in their group, the highest first; versions with the same number go by their names, v2 before v1 before v1beta1.
    /// From 1 to 1000.
    /// </summary>
    [Field(8, Always = true, Required = true)]
    public int VersionPriority { get; init; }
}
