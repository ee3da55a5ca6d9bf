using System.Globalization;
using Berth.Api;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Admission.PodSecurity;

/// <summary>A level as of a version of the standards.</summary>
/// <param name="Minor">Of Kubernetes 1.x, whose standards are meant; <see cref="Latest"/> for the newest.</param>
public readonly record struct PodSecurityPolicy(PodSecurityLevel Level, int Minor)
{
    public const int Latest = int.MaxValue;

    private const string Prefix = "pod-security.kubernetes.io/";

    /// <summary>What the labels of a namespace ask for. What cannot be read is taken as the strictest.</summary>
    /// <param name="mode"><c>enforce</c>, <c>warn</c> or <c>audit</c>.</param>
    public static PodSecurityPolicy Of(ApiMap<string> labels, string mode)
    {
        var level = labels.TryGetValue(Prefix + mode, out var name) ? Parse(name) ?? PodSecurityLevel.Restricted : PodSecurityLevel.Privileged;
        return new(level, labels.TryGetValue($"{Prefix}{mode}-version", out var version) ? ParseVersion(version) ?? Latest : Latest);
    }

    public static void ValidateLabels(FieldErrors errors, ApiMap<string> labels)
    {
        var path = FieldPath.Metadata["labels"];
        foreach (var mode in (ReadOnlySpan<string>)["enforce", "audit", "warn"])
        {
            if (labels.TryGetValue(Prefix + mode, out var level) && Parse(level) is null)
                errors.Invalid(path.Key(Prefix + mode), (object)level, "must be one of privileged, baseline, restricted");
            if (labels.TryGetValue($"{Prefix}{mode}-version", out var version) && ParseVersion(version) is null)
                errors.Invalid(path.Key($"{Prefix}{mode}-version"), (object)version, "must be \"latest\" or \"v1.x\"");
        }
    }

    public override string ToString() =>
        $"{Level.ToString().ToLowerInvariant()}:{(Minor == Latest ? "latest" : string.Create(CultureInfo.InvariantCulture, $"v1.{Minor}"))}";

    private static PodSecurityLevel? Parse(string level) => level switch
    {
        "privileged" => PodSecurityLevel.Privileged,
        "baseline" => PodSecurityLevel.Baseline,
        "restricted" => PodSecurityLevel.Restricted,
        _ => null,
    };

    private static int? ParseVersion(string version)
    {
        if (version == "latest")
            return Latest;
        return version.StartsWith("v1.", StringComparison.Ordinal) && int.TryParse(version.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? minor : null;
    }
}
