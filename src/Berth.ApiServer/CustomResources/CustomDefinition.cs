using System.Text.Json;
using Berth.Api;
using Berth.Api.ApiExtensions.V1;

namespace Berth.ApiServer.CustomResources;

/// <summary>One definition as it is now, with its versions made ready. Immutable.</summary>
public sealed class CustomDefinition
{
    public CustomDefinition(CustomResourceDefinition source)
    {
        Source = source;
        Versions = [.. source.Spec.Versions.Select(v => new CustomVersion(source, v))];
        Storage = Versions.First(v => v.Source.Storage);
    }

    public CustomResourceDefinition Source { get; }

    public IReadOnlyList<CustomVersion> Versions { get; }

    /// <summary>In which objects are stored from now on.</summary>
    public CustomVersion Storage { get; }

    public bool IsEstablished => IsTrue("Established");

    public bool IsTerminating => Source.Metadata.DeletionTimestamp is not null || IsTrue("Terminating");

    /// <summary>Reads what is stored, in the version in which it is: pruned and with the defaults that are true today.</summary>
    /// <param name="changed">True when the object differs from what is stored.</param>
    public CustomObject ReadStored(ReadOnlySpan<byte> json, out bool changed)
    {
        var stored = VersionOf(json);
        var version = Versions.FirstOrDefault(v => v.Kind.ApiVersion == stored);
        if (version is null)
        {
            changed = true;
            return CustomObject.Read(Storage.Kind, json, null);
        }

        var value = version.Read(json, null, out changed);
        if (version.Schema.HasDefaults && SchemaDefaults.Apply(value.Content, version.Schema))
            changed = true;
        return value;
    }

    private bool IsTrue(string condition) => Source.Status.Conditions.Any(c => c.Type == condition && c.Status == "True");

    private static string VersionOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("apiVersion"u8);
            reader.Read();
            if (found)
                return reader.GetString() ?? "";
            reader.Skip();
        }

        return "";
    }
}
