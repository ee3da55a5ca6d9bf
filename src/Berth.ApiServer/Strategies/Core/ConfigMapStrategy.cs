using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

public sealed class ConfigMapStrategy : ResourceStrategy<ConfigMap>
{
    private const int DataMaxBytes = 1024 * 1024;

    public override bool HasGeneration => false;

    public override void Validate(ConfigMap value, FieldErrors errors)
    {
        var (data, binary) = (FieldPath.Root["data"], FieldPath.Root["binaryData"]);
        var bytes = 0;
        foreach (var (key, text) in value.Data.AsSpan())
        {
            errors.Invalid(data.Key(key), key, NameSyntax.ConfigKey(key));
            if (value.BinaryData.ContainsKey(key))
                errors.Invalid((string)data.Key(key), key, "duplicate of key present in binaryData");
            bytes += System.Text.Encoding.UTF8.GetByteCount(text);
        }

        foreach (var (key, blob) in value.BinaryData.AsSpan())
        {
            errors.Invalid(binary.Key(key), key, NameSyntax.ConfigKey(key));
            bytes += blob.Length;
        }

        if (bytes > DataMaxBytes)
            errors.TooLong("", DataMaxBytes);
    }

    public override void ValidateUpdate(ConfigMap value, ConfigMap old, FieldErrors errors)
    {
        if (old.Immutable != true)
            return;
        if (value.Immutable != true)
            errors.Forbidden("immutable", "field is immutable when `immutable` is set");
        if (!value.Data.Equals(old.Data))
            errors.Forbidden("data", "field is immutable when `immutable` is set");
        if (!value.BinaryData.Equals(old.BinaryData))
            errors.Forbidden("binaryData", "field is immutable when `immutable` is set");
    }
}
