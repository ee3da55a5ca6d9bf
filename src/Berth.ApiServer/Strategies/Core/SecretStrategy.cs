using System.Text.Json;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

public sealed class SecretStrategy : ResourceStrategy<Secret>
{
    private const int DataMaxBytes = 1024 * 1024;

    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<Secret, string>> SelectableFields { get; } = new Dictionary<string, Func<Secret, string>>
    {
        ["type"] = s => s.Type,
    };

    /// <summary><c>stringData</c> is only a way of writing <c>data</c>: it is never stored.</summary>
    public override Secret Default(Secret value)
    {
        if (value.Type.Length == 0)
            value = value with { Type = "Opaque" };
        if (value.StringData.IsEmpty)
            return value;
        var written = value.StringData.Select(e => KeyValuePair.Create(e.Key, ByteString.FromUtf8(e.Value)));
        return value with { Data = value.Data.With(written), StringData = [] };
    }

    public override void Validate(Secret value, FieldErrors errors)
    {
        var path = FieldPath.Root["data"];
        var bytes = 0;
        foreach (var (key, data) in value.Data.AsSpan())
        {
            errors.Invalid(path.Key(key), key, NameSyntax.ConfigKey(key));
            bytes += data.Length;
        }

        if (bytes > DataMaxBytes)
            errors.TooLong(path, DataMaxBytes);
        switch (value.Type)
        {
            case "kubernetes.io/service-account-token":
                if (value.Metadata.Annotations.GetOr("kubernetes.io/service-account.name", "").Length == 0)
                    errors.Required(FieldPath.Metadata["annotations"].Key("kubernetes.io/service-account.name"));
                break;
            case "kubernetes.io/dockercfg":
                DockerConfig(errors, path.Key(".dockercfg"), value.Data.GetOr(".dockercfg"));
                break;
            case "kubernetes.io/dockerconfigjson":
                DockerConfig(errors, path.Key(".dockerconfigjson"), value.Data.GetOr(".dockerconfigjson"));
                break;
            case "kubernetes.io/basic-auth" when !value.Data.ContainsKey("username") && !value.Data.ContainsKey("password"):
                errors.Required(path.Key("username"));
                errors.Required(path.Key("password"));
                break;
            case "kubernetes.io/ssh-auth" when value.Data.GetOr("ssh-privatekey", ByteString.Empty).IsEmpty:
                errors.Required(path.Key("ssh-privatekey"));
                break;
            case "kubernetes.io/tls":
                foreach (var key in (ReadOnlySpan<string>)["tls.crt", "tls.key"])
                {
                    if (!value.Data.ContainsKey(key))
                        errors.Required(path.Key(key));
                }

                break;
        }
    }

    public override void ValidateUpdate(Secret value, Secret old, FieldErrors errors)
    {
        BasicRules.Unchanged(errors, FieldPath.Root["type"], value.Type, old.Type);
        if (old.Immutable != true)
            return;
        if (value.Immutable != true)
            errors.Forbidden("immutable", "field is immutable when `immutable` is set");
        if (!value.Data.Equals(old.Data))
            errors.Forbidden("data", "field is immutable when `immutable` is set");
    }

    private static void DockerConfig(FieldErrors errors, FieldPath path, ByteString? config)
    {
        if (config is null)
        {
            errors.Required(path);
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(config.Memory);
            if (json.RootElement.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
                errors.Invalid(path, "<secret contents redacted>", "not a JSON object");
        }
        catch (JsonException broken)
        {
            errors.Invalid(path, "<secret contents redacted>", $"not JSON: line {broken.LineNumber + 1}, byte {broken.BytePositionInLine}");
        }
    }
}
