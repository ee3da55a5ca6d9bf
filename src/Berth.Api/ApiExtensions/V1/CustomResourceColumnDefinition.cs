using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A column that kubectl get shows.</summary>
public sealed partial record CustomResourceColumnDefinition
{
    /// <summary>Heading of the column.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Type of the values: integer, number, string, boolean or date.</summary>
    [Field(2, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>Finer type, such as name or date-time.</summary>
    [Field(3)]
    public string Format { get; init; } = "";

    /// <summary>What the column shows.</summary>
    [Field(4)]
    public string Description { get; init; } = "";

    /// <summary>0: always shown; above: only in wide output.</summary>
    [Field(5)]
    public int Priority { get; init; }

    /// <summary>Path of the value in the object, such as .spec.replicas.</summary>
    [Field(6, Always = true, Required = true)]
    public string JsonPath { get; init; } = "";
}
