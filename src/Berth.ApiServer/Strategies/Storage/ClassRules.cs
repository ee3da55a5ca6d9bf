using System.Text;
using Berth.Api;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Storage;

/// <summary>What classes of storage and of volume attributes have in common: whose they are, and what he is told.</summary>
internal static class ClassRules
{
    private const int ParametersMax = 512;
    private const int ParametersMaxBytes = 256 * 1024;

    public static void Driver(FieldErrors errors, FieldPath path, string name)
    {
        if (name.Length == 0)
            errors.Required(path);
        else
            errors.Invalid(path, name.ToLowerInvariant(), NameSyntax.QualifiedName(name.ToLowerInvariant()));
    }

    public static void Parameters(FieldErrors errors, FieldPath path, ApiMap<string> parameters)
    {
        if (parameters.Count > ParametersMax)
            errors.TooLong(path, ParametersMax);
        else if (parameters.Sum(p => Encoding.UTF8.GetByteCount(p.Key) + Encoding.UTF8.GetByteCount(p.Value)) > ParametersMaxBytes)
            errors.TooLong(path, ParametersMaxBytes);
        if (parameters.Count <= ParametersMax && parameters.ContainsKey(""))
            errors.Invalid(path, (object)"", "field can not be empty.");
    }
}
