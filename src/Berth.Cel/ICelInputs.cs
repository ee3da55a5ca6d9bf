using Berth.Cel.Values;

namespace Berth.Cel;

/// <summary>The values of the declared variables. Asked only for those that an expression reads, possibly more than once.</summary>
public interface ICelInputs
{
    /// <returns>Null when the variable has no value; evaluation fails then.</returns>
    CelValue? Find(string variable);
}
