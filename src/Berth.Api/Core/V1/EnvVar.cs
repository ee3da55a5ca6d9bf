using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An environment variable.</summary>
public sealed partial record EnvVar
{
    /// <summary>Its name: printable ASCII without "=".</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>
    /// Its value. $(NAME) stands for a variable that came before, $$(NAME) for the text $(NAME); a name that is not known stays as it is.
    /// Default: empty.
    /// </summary>
    [Field(2)]
    public string Value { get; init; } = "";

    /// <summary>Where its value comes from; not together with value.</summary>
    [Field(3)]
    public EnvVarSource? ValueFrom { get; init; }
}
