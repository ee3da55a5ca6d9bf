using Microsoft.CodeAnalysis;

namespace Berth.Api.Generators;

internal enum Shape
{
    String,
    Int32,
    Int64,
    Boolean,
    Double,
    Bytes,
    Quantity,
    IntOrString,
    Time,
    MicroTime,
    Raw,
    Message,
    List,
    Map,
}

/// <summary>What the generator knows of a field's C# type.</summary>
internal sealed class TypeModel
{
    private TypeModel(Shape shape, string name, bool nullable, TypeModel? element)
    {
        Shape = shape;
        Name = name;
        Nullable = nullable;
        Element = element;
    }

    public Shape Shape { get; }

    /// <summary>Fully qualified, without the question mark.</summary>
    public string Name { get; }

    public bool Nullable { get; }

    public TypeModel? Element { get; }

    /// <summary>The type as it is declared.</summary>
    public string Declared => Nullable ? Name + "?" : Name;

    public bool IsScalar => Shape is Shape.String or Shape.Int32 or Shape.Int64 or Shape.Boolean or Shape.Double;

    public bool IsStruct => Shape is not (Shape.String or Shape.Bytes or Shape.Raw or Shape.Message or Shape.List or Shape.Map);

    public static TypeModel Of(ITypeSymbol type)
    {
        var nullable = type.NullableAnnotation == NullableAnnotation.Annotated;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped)
            type = wrapped.TypeArguments[0];
        type = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        var name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        var element = type is INamedTypeSymbol { TypeArguments.Length: 1 } generic ? Of(generic.TypeArguments[0]) : null;
        var shape = type.SpecialType switch
        {
            SpecialType.System_String => Shape.String,
            SpecialType.System_Int32 => Shape.Int32,
            SpecialType.System_Int64 => Shape.Int64,
            SpecialType.System_Boolean => Shape.Boolean,
            SpecialType.System_Double => Shape.Double,
            _ => type.Name switch
            {
                "ByteString" => Shape.Bytes,
                "Quantity" => Shape.Quantity,
                "IntOrString" => Shape.IntOrString,
                "Time" => Shape.Time,
                "MicroTime" => Shape.MicroTime,
                "RawJson" => Shape.Raw,
                "ApiList" => Shape.List,
                "ApiMap" => Shape.Map,
                _ => Shape.Message,
            },
        };
        return new TypeModel(shape, name, nullable, element);
    }
}
